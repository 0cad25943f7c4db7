"""Endings and beginnings that tell what a word names: types of file, domains, registry hives, Unix roots."""

from longtail.executions.shell import names

ROOTS = names("tmp etc usr var opt home root dev proc mnt srv")
"""First directories of a Unix tree: ``/tmp`` is a path, ``/add`` an option."""

FILE_TYPES = names(
    "exe dll bat cmd com ps1 psm1 psd1 vbs vbe js jse wsf wsh hta sct scr cpl msi msp inf ocx sys lnk url jar war "
    "class py pyw pl rb php sh so txt log ini cfg conf config xml json yaml yml toml csv tsv sql bak trn mdf ldf "
    "dtsx rsp dat db tmp zip rar 7z gz tgz bz2 xz tar cab iso img vhd vhdx doc docx xls xlsx ppt pptx pdf rtf jpg "
    "jpeg png gif bmp htm html asp aspx ashx jsp jspx pfx cer crt pem key p12 kdbx reg evtx etl dmp md cs csproj "
    "sln mof pid sock service"
)
TOP_DOMAINS = names(
    "com net org edu gov mil int info biz io co dev app cloud online site xyz top club ru cn de uk fr nl eu us in "
    "br it es pl jp kr tk ml ga cf gq cc me tv su ua ir tw hk sg ch se no fi dk be at cz local lan internal corp "
    "intra home localdomain test example onion"
)
HIVES = {
    "hklm": "hklm",
    "hkey_local_machine": "hklm",
    "hkcu": "hkcu",
    "hkey_current_user": "hkcu",
    "hkcr": "hkcr",
    "hkey_classes_root": "hkcr",
    "hku": "hku",
    "hkey_users": "hku",
    "hkcc": "hkcc",
    "hkey_current_config": "hkcc",
}
