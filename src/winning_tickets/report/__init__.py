"""The page that people read: verdicts, figures and where they come from, from a study's files."""
