"""`cmake --install`, then a project elsewhere with find_package(Ingot), then the project that `./ingot new` writes."""
import subprocess

import package
import support


def moved_prefix(project):
    """Installed, then moved: nothing in the package may remember where it was made."""
    first, prefix = project.scratch / "first", project.scratch / "prefix"
    package.command("cmake", "--install", project.build, "--prefix", first)
    first.rename(prefix)
    return prefix


def check_new_project(project, prefix):
    folder = project.scratch / "my-model"
    package.command(project.source / "ingot", "new", folder)
    package.configure(folder, folder / "build", f"-DCMAKE_PREFIX_PATH={prefix}")
    package.command("cmake", "--build", folder / "build")
    support.check("hidden" in package.command(folder / "build" / "my_model", "describe"), "the new project does not describe its model")


def main(project):
    if not (project.build / "lib" / "libingot_codegen.so").exists():
        support.skip("libingot_codegen.so is not built")
    prefix = moved_prefix(project)
    build = project.scratch / "consumer"
    package.configure(package.CONSUMER, build, f"-DCMAKE_PREFIX_PATH={prefix}")
    package.command("cmake", "--build", build)
    package.check_consumer(build)
    package.check_ambiguous(build)
    check_new_project(project, prefix)
    left = subprocess.run(["grep", "-rlF", str(project.source), str(prefix / "lib" / "cmake")], stdout=subprocess.PIPE, text=True).stdout
    support.check(not left, f"the package names the folder it was made in: {left}")


if __name__ == "__main__":
    support.run(main)
