"""The two outside systems behind one small interface (``interface.py``)."""
