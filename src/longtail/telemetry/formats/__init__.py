"""Every telemetry format, in the order in which they are tried: the more particular before the more general.

``FORMATS`` write process starts. ``EVIDENCE`` is what else is known of machines: what runs, what listens, what was
attacked; it is tried when no process start is found.
"""

from longtail.telemetry.format import Format
from longtail.telemetry.formats.asim import ASIM
from longtail.telemetry.formats.attack_list import ATTACK_LIST
from longtail.telemetry.formats.audit_export import AUDIT_EXPORT
from longtail.telemetry.formats.auditd import AUDITD
from longtail.telemetry.formats.carbon_black import CARBON_BLACK, CARBON_BLACK_EDR, CARBON_BLACK_PROCESSES
from longtail.telemetry.formats.cortex import CORTEX
from longtail.telemetry.formats.crowdstrike import CROWDSTRIKE
from longtail.telemetry.formats.defender import DEFENDER, DEFENDER_OLDER
from longtail.telemetry.formats.ecs import ECS
from longtail.telemetry.formats.eql import EQL
from longtail.telemetry.formats.falco import FALCO
from longtail.telemetry.formats.inventory import INVENTORY
from longtail.telemetry.formats.laurel import LAUREL
from longtail.telemetry.formats.limacharlie import LIMACHARLIE
from longtail.telemetry.formats.nxlog import NXLOG
from longtail.telemetry.formats.ocsf import OCSF
from longtail.telemetry.formats.osquery import OSQUERY, OSQUERY_EVENTS
from longtail.telemetry.formats.plain import PLAIN
from longtail.telemetry.formats.process_list import PROCESS_LIST
from longtail.telemetry.formats.qradar import QRADAR
from longtail.telemetry.formats.sentinel import SENTINEL
from longtail.telemetry.formats.sentinelone import SENTINELONE
from longtail.telemetry.formats.service_list import SERVICE_LIST
from longtail.telemetry.formats.socket_list import SOCKET_LIST
from longtail.telemetry.formats.sophos import SOPHOS
from longtail.telemetry.formats.splunk import SPLUNK
from longtail.telemetry.formats.splunk_cim import SPLUNK_CIM
from longtail.telemetry.formats.sysmon_json import SYSMON_JSON
from longtail.telemetry.formats.terminal import TERMINAL
from longtail.telemetry.formats.tetragon import TETRAGON
from longtail.telemetry.formats.trend import TREND
from longtail.telemetry.formats.udm import UDM
from longtail.telemetry.formats.wazuh import WAZUH
from longtail.telemetry.formats.windows_event import WINDOWS_EVENT
from longtail.telemetry.formats.windows_export import WINDOWS_EXPORT
from longtail.telemetry.formats.windows_text import WINDOWS_TEXT
from longtail.telemetry.formats.winlogbeat import WINLOGBEAT_6, WINLOGBEAT_7

FORMATS: tuple[Format, ...] = (
    WINDOWS_EVENT,
    WINLOGBEAT_7,
    WINLOGBEAT_6,
    NXLOG,
    WINDOWS_EXPORT,
    SPLUNK,
    SYSMON_JSON,
    SENTINEL,
    ASIM,
    DEFENDER,
    DEFENDER_OLDER,
    OCSF,
    CROWDSTRIKE,
    SENTINELONE,
    CARBON_BLACK,
    CARBON_BLACK_PROCESSES,
    CARBON_BLACK_EDR,
    UDM,
    CORTEX,
    LIMACHARLIE,
    TREND,
    SOPHOS,
    TETRAGON,
    FALCO,
    LAUREL,
    AUDIT_EXPORT,
    WAZUH,
    OSQUERY_EVENTS,
    EQL,
    ECS,
    SPLUNK_CIM,
    QRADAR,
    PLAIN,
    WINDOWS_TEXT,
    AUDITD,
)

EVIDENCE: tuple[Format, ...] = (
    OSQUERY,
    SERVICE_LIST,
    SOCKET_LIST,
    ATTACK_LIST,
    PROCESS_LIST,
    INVENTORY,
    TERMINAL,
)

EVERY = FORMATS + EVIDENCE
