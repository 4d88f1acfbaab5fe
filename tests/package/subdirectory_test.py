"""A project elsewhere that builds Ingot along with add_subdirectory. With ccache little is compiled twice."""
import package
import support


def main(project):
    build = project.scratch / "consumer"
    package.configure(package.CONSUMER, build, f"-DINGOT_SOURCE={project.source}")
    package.command("cmake", "--build", build, "--target", "app", "gate_app")
    package.check_consumer(build)


if __name__ == "__main__":
    support.run(main)
