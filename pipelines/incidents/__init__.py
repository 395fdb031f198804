"""Joint incidents: which reports are one event, whose figures count, what follows, who must be told."""
