"""Projects of an account of kind AIServices."""

from __future__ import annotations

from pulumi_azure_native import cognitiveservices

from ftops.declared.project import Project
from ftops_stacks.home import Home


def projects(home: Home) -> None:
    """One after the other; kept, since a project holds its team's agents and files."""
    for project in home.declared.projects:
        _project(project, home)


def _project(project: Project, home: Home) -> None:
    home.put(
        lambda address, options: cognitiveservices.Project(
            home.title(project.name),
            project_name=project.name,
            location=home.declared.location,
            # Azure makes no project that is nobody.
            identity=cognitiveservices.IdentityArgs(type="SystemAssigned"),
            properties=cognitiveservices.ProjectPropertiesArgs(
                display_name=project.display_name or project.name,
                description=project.description,
            ),
            tags=home.tags,
            opts=options,
            **address,
        ),
        kept=True,
    )
