"""What the tests of the package share: configuring, building and running the project in consumer/."""
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "e2e"))
import support  # noqa: E402

CONSUMER = pathlib.Path(__file__).parent / "consumer"


def command(*arguments, code=0):
    run = subprocess.run([*map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL)
    support.check(run.returncode == code, f"{' '.join(map(str, arguments))}: exit code {run.returncode}, want {code}\n{run.stdout}")
    return run.stdout


def configure(source, build, *options):
    launcher = shutil.which("ccache")
    cached = [f"-DCMAKE_{language}_COMPILER_LAUNCHER={launcher}" for language in ("C", "CXX")] if launcher else []
    generator = ["-G", "Ninja"] if shutil.which("ninja") else []
    command("cmake", "-S", source, "-B", build, *generator, "-DCMAKE_BUILD_TYPE=Release", *cached, *options)


def check_consumer(build):
    """The project is built: its application and the command line of its model work, and the compiler is found."""
    support.check("4 of 4 right" in command(build / "app"), "the application did not learn")
    support.check("search" in command(build / "gate", "--help"), "--help of the model does not name its commands")
    command(build / "gate", "describe")
    command(build / "gate", "export", "--to", "object", "--set", "width=24", "--out", build / "exported")  # through libingot_codegen.so


def check_ambiguous(build):
    text = command("cmake", "--build", build, "--target", "ambiguous", code=1)
    support.check("exclusive_or, line" in text and "MODEL" in text, f"two models and no MODEL must be an error that lists them:\n{text}")
