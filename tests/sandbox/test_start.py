"""What a start need not wait for."""

from __future__ import annotations

import subprocess
import sys


def test_a_start_imports_nothing_that_only_training_and_certificates_need() -> None:
    told = "import sys, ftops_sandbox.__main__; print(*sorted(sys.modules))"
    command = [sys.executable, "-c", told]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)

    assert not {"numpy", "trustme", "cryptography"} & set(done.stdout.split())
