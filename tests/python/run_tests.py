#!/usr/bin/env python3
"""Runs the tests of the package ncscope_logger against the program.

    run_tests.py NCSCOPE_BINARY [NAME…]

Exit 77, with the reason, where this Python lacks what they need.
"""
import importlib.util
import os
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

if __name__ == "__main__":
    missing = [name for name in ("numpy", "h5py", "torch") if importlib.util.find_spec(name) is None]
    if missing:
        print(f"skipped: {sys.executable} has no {', '.join(missing)}")
        sys.exit(77)
    os.environ["NCSCOPE_BINARY"] = os.path.abspath(sys.argv[1])
    source = str(ROOT / "io/python/src")
    sys.path[:0] = [source, str(pathlib.Path(__file__).parent)]
    os.environ["PYTHONPATH"] = source
    names = sys.argv[2:] or ["test_writer", "test_reader", "test_probe", "test_convert"]
    suite = unittest.defaultTestLoader.loadTestsFromNames(names)
    sys.exit(not unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful())
