"""The paper's own curves, where somebody has read their points, against ours."""
