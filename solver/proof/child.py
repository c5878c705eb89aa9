"""The child process that looks for a refutation, under limits of time and memory.

It is given a pickled ``Job`` on stdin and leaves a pickled ``Report`` on stdout. Its parent, on
the same machine, is the only one it talks to.
"""

from __future__ import annotations

import gc
import pickle
import sys

from twill.solver.proof.job import Job, run


def _limit_memory(size: int) -> None:
    """Let allocations beyond ``size`` bytes fail, where the system can do that."""
    try:
        import resource
    except ImportError:  # not a POSIX system
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    soft = size if hard == resource.RLIM_INFINITY else min(size, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def main() -> None:
    """Read the job, report; nothing if the parent has ended without one."""
    from twill.solver.proof import closing, lemmas, proposals  # noqa: F401 (loaded while it waits)

    sent = sys.stdin.buffer.read()
    if not sent:
        return
    job: Job = pickle.loads(sent)  # noqa: S301 (from our own parent process)
    _limit_memory(job.memory)
    gc.disable()  # all that is made is kept to the end: looking through it costs a fifth
    pickle.dump(run(job), sys.stdout.buffer)


if __name__ == "__main__":
    main()
