"""The name of a parent → whether it is what brings software to machines."""

import re

INSTALLERS = re.compile(
    r"^(?:msiexec|trustedinstaller|tiworker|wuau\w*|usoclient|mousocoreworker|ccmexec|ccmsetup|mpsigstub|svchost|services"
    r"|dpkg|apt(?:-get)?|yum|dnf|rpm|puppet|chef-client|salt-minion|ansible\w*|snapd|unattended-upgr\w*|systemd"
    r"|[^\n]{0,64}(?:setup|install|update|deploy|patch)[^\n]{0,64})(?:\.exe)?$"
)
