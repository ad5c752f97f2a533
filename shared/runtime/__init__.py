"""What a process needs to live: a clock, new ids, loops that cannot die unseen."""
