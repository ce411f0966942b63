"""What can be done with the index, each in one place: who may is found out where it is done."""

from core.ui.jobs.actions import attempt
from core.ui.server import services
from core.versions.compare import Comparison


def build(model_id: str, swaps: bool) -> None:
    """Build the next version, in the background; "" is the model in use."""
    attempt(
        services().versions.build,
        model_id,
        swaps=swaps,
        told=lambda job: "Building has started. Searches go on." if job else "Nothing is indexed yet.",
    )


def swap(number: int) -> None:
    """Use another version, in the background."""
    attempt(services().versions.swap, number, told=lambda _: f"Version {number} is brought up to date.")


def roll_back() -> None:
    """Use the version before, in the background."""
    attempt(services().versions.roll_back, told=lambda _: "The version before is brought up to date.")


def delete(number: int) -> None:
    """Delete a version that is not in use."""
    attempt(services().versions.delete, number, told=lambda _: f"Version {number} is deleted.")


def optimize() -> None:
    """Merge what is scattered, in the background."""
    attempt(services().versions.optimize, told=lambda _: "Optimizing has started. Searches go on.")


def compare(number: int) -> Comparison:
    """A version beside the one in use; raises as `VersionControl.compare`."""
    return services().versions.compare(number)
