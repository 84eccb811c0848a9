"""What a change does to the figures: two states, built on the sample and compared."""
