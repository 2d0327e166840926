"""`python -m tandem VERB`: see ``arguments`` for the verbs."""

import sys

from tandem.command import main

sys.exit(main(sys.argv[1:]))
