"""What matters: how far the test error rises when a column is shuffled."""
