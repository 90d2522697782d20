"""What the run predicts for typed values or for a picture."""
