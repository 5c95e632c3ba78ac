"""What oracle access buys: tickets for a function that is only queried."""
