"""Tickets for tables, in the manner of scikit-learn. Their prior is ours, not the paper's."""

from .classifier import TicketClassifier
from .regressor import TicketRegressor

__all__ = ["TicketClassifier", "TicketRegressor"]
