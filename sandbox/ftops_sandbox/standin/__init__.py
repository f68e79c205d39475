"""The stand-in model: a small language model that really trains on the uploaded data.

It shares nothing with the models it stands in for; docs/stand-in-model.md says what it is.
"""

import os

# Its matrices are small: a second thread costs more than it brings, and one thread adds up in one
# order only, so that a training repeats to the last digit. Read when numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
