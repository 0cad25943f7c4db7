"""What Windows itself does all day: services, tasks, WMI, updates."""

from longtail.fleet.habits import Habit, habit
from longtail.fleet.rhythm import daily, every, random

HABITS: tuple[Habit, ...] = (
    habit("wmiprvse", "networkservice", every(22), r"wmiprvse.exe | C:\Windows\system32\wbem\wmiprvse.exe -secured -Embedding"),
    habit("taskhost", "system", every(25), "schedule> taskhostw.exe | taskhostw.exe SYSTEM"),
    habit("dllhost", "system", every(30), "dcom> dllhost.exe | C:\\Windows\\system32\\DllHost.exe /Processid:{E10F6C3A-F1AE-4ADC-AA9D-2FE65525666E}"),
    habit("defrag", "system", daily(1), "schedule> defrag.exe | \"C:\\Windows\\system32\\defrag.exe\" -c -h -o -$"),
    habit("backgroundtask", "system", every(40), "update> wuaucltcore.exe | \"C:\\Windows\\system32\\wuaucltcore.exe\" /DeploymentHandlerFullPath UpdateDeploy.dll /ClassId {guid!} /RunHandlerComServer"),
    habit("mpcmdrun", "system", every(240), r'services> C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.{nnnn^}.{n^}-0\MpCmdRun.exe | "C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.{nnnn^}.{n^}-0\MpCmdRun.exe" SignatureUpdate -ScheduleJob'),
    habit("werfault", "system", random(0.2), "netsvcs> WerFault.exe | C:\\Windows\\system32\\WerFault.exe -pss -s {nnn!} -p {pid!} -ip {pid!}"),
)  # fmt: skip
