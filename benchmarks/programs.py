"""How fast whole programs are, compiled here out of scalars, beside JAX on arrays.

    python benchmarks/programs.py [--only gpt kalman …] [--rounds 30] [--json FILE] [--markdown]

Run it from the project's folder, where the project is installed with llvmlite and numpy, and JAX
is, too: ``pip install jax``. Without JAX ours are timed alone, and no ratio is asked for. The
programs are those of `against_jax/`, written as somebody would who uses the one or the other; JAX
is compiled by `jax.jit`, has doubles and one thread.

Each case has a process of its own (`race.py`). It makes the first calls, compares all results, and
then times single calls, some of ours and some of JAX in turns, so that a slow moment of the machine
hits both. The ratio that a goal asks for is the smaller of two: that of the minima, and that of the
medians. Ctrl-C ends the measuring, and what was found by then is reported. The exit code is 1 if a
goal is missed, or if a program fails.
"""

import argparse
import json
import sys
from collections.abc import Iterator

from against_jax import PROGRAMS, cases
from against_jax.case import Case
from processes import Process, a_count, a_file, is_installed, machine, progress, python_version
from program_tables import Timing, for_json, markdown, report


def time_case(case: Case, process: Process, rounds: int) -> Iterator[Timing]:
    """What is found of a case, after each round."""
    first = process.ask("first_calls")
    seconds: dict[str, list[float]] = {}
    for i in range(rounds):
        if i % 10 == 0:
            progress(f"{case.name}: round {i + 1} of {rounds}")
        for name, more in process.ask("round").items():
            seconds.setdefault(name, []).extend(more)
        yield Timing(case, first, seconds)


def measure(programs: list[str], rounds: int) -> tuple[list[Timing], list[str]]:
    """What is found of each case, and which of them failed; on Ctrl-C what there is so far."""
    timings: list[Timing] = []
    failed: list[str] = []
    for program in programs:
        for number, case in enumerate(cases(program)):
            progress(f"{case.name}: first calls")
            process = Process(case.name, "race.py", program, str(number))
            last: list[Timing] = []
            try:
                for timing in time_case(case, process, rounds):
                    last = [timing]
            except SystemExit as error:
                progress(str(error))
                failed.append(case.name)
                last = []
            except KeyboardInterrupt:
                process.process.kill()
                progress(f"interrupted while {case.name} was timed: here is what was found")
                return timings + last, failed
            finally:
                process.stop()
            timings += last
    return timings, failed


def main() -> int:
    parser = argparse.ArgumentParser(description="Time whole programs beside JAX.")
    names = list(PROGRAMS)
    parser.add_argument("--only", nargs="+", choices=names, default=names, help="these alone")
    parser.add_argument("--rounds", type=a_count, default=30, help="how often each is timed (30)")
    parser.add_argument("--markdown", action="store_true", help="print the table of docs/")
    parser.add_argument("--json", type=a_file, metavar="FILE", help="write every sample to FILE")
    arguments = parser.parse_args()
    is_installed("jax")  # else it is said how to get it, and ours is timed alone
    timings, failed = measure(arguments.only, arguments.rounds)
    print("\n".join(report(timings, failed, arguments.rounds)))
    if arguments.markdown:
        print("\n".join(["", *markdown(timings, arguments.rounds)]))
    if arguments.json is not None:
        results = {
            "machine": machine(),
            "python": python_version(),
            "rounds": arguments.rounds,
            "cases": list(map(for_json, timings)),
            "failed": failed,
        }
        arguments.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    met = all(goal.met for timing in timings for goal in timing.goals())
    return 0 if met and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
