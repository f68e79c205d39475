"""The program's door: stack config -> Environment -> resources -> exports."""

from pathlib import Path

import pulumi

from ftops_stacks.config import read_config
from ftops_stacks.interrupt import end_quietly
from ftops_stacks.platform import provision

end_quietly()
environment = read_config(Path(__file__).parent)
for name, value in provision(environment).items():
    pulumi.export(name, value)
