"""Alerts → detections: rules that stand alone, with what proves them."""
