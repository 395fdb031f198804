"""What nature does, and what provinces do about it: readings, earthquakes, storms, warnings, responses."""
