"""What is known of the units of a network: their places, and facts about each."""
