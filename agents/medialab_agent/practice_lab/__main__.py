"""`python -m medialab_agent.practice_lab`: the same as `medialab-agent practice`."""

import sys

from medialab_agent.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["practice", *sys.argv[1:]]))
