"""What a browser shows, part by part: pure functions of a picture and a language, values for JSON."""
