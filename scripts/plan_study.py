"""Say what a study is predicted to take: jobs, minutes and memory, before anything runs."""

import os
import sys

from snakemake.utils import update_config

from winning_tickets.config_files import DEFAULT, read_config
from winning_tickets.study import ConfigError, make_study
from winning_tickets.study.forecast import tell

if __name__ == "__main__":
    try:
        config = read_config(DEFAULT)
        for preset in sys.argv[1:]:
            update_config(config, read_config(preset))
        print("\n".join(tell(make_study(config), os.cpu_count() or 1)))
    except ConfigError as error:
        sys.exit(str(error))
