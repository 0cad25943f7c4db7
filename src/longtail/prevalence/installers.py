"""The name of a program → whether it is what brings software to machines."""

import re

_SETUP = r"[^\n]{0,64}(?:setup|install|update|deploy|patch)[^\n]{0,64}"
SETUP = re.compile(rf"^{_SETUP}(?:\.exe)?$")
"""By its name, what installs one thing."""
INSTALLERS = re.compile(
    r"^(?:msiexec|trustedinstaller|tiworker|wuau\w*|usoclient|mousocoreworker|ccmexec|ccmsetup|mpsigstub|svchost|services"
    r"|dpkg|apt(?:-get)?|yum|dnf|rpm|puppet|chef-client|salt-minion|ansible\w*|snapd|unattended-upgr\w*|systemd"
    rf"|{_SETUP})(?:\.exe)?$"
)
CACHES = re.compile(r"^\\windows\\(?:softwaredistribution|ccmcache|ccmsetup|installer)\\")
"""Where Windows and its management keep what they are about to install; it takes an administrator to write there."""
