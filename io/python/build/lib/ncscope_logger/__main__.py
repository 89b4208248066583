"""python -m ncscope_logger convert model.pt model.safetensors"""
from __future__ import annotations

import argparse
import pickle
import sys


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m ncscope_logger")
    commands = parser.add_subparsers(dest="command", required=True)
    convert = commands.add_parser("convert", help="a state dict of torch.save as safetensors")
    convert.add_argument("source", help="file of torch.save(model.state_dict(), …), or a checkpoint that holds one")
    convert.add_argument("target", help="file.safetensors")
    options = parser.parse_args()
    try:
        from ._convert import convert as run

        print(f"{options.target}: {run(options.source, options.target)} tensors")
    except ImportError as error:
        print(f"ncscope_logger: error: convert needs PyTorch ({error})", file=sys.stderr)
        return 3
    except (OSError, ValueError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        print(f"ncscope_logger: error: cannot convert {options.source}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
