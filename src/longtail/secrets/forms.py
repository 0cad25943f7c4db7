"""Secrets that are known by the name beside them, whatever the program: assignments, options, headers."""

from longtail.secrets.form import NOT_A_FLAG, VALUE, Form, form

PASSWORDS = r"(?:password|passwd|passphrase|passcode|passwort|pword|userpass|dbpass|rootpass|mysql_pwd|pgpass)"
TOKENS = r"(?:(?<!publickey)token|secret)"  # PublicKeyToken is part of the name of a .NET assembly
KEYS = (
    r"(?:(?:api|access|secret|secret[_-]access|account|shared|sharedaccess|storage|encryption|subscription|license|"
    r"master|auth|signing|admin|function|host)[_-]?key|sharedaccesssignature)"
)
SET = r"\\?[\"']?\s{0,3}(?:=|:(?![:/]))\s{0,3}" + NOT_A_FLAG + r"(?:N(?='))?" + VALUE
PATH = r"(?![/~.]|[A-Za-z]:[\\/])"  # PWD is the working directory on Unix
SHORT = r"(?:pass|pwd|pw)"
OF = r"(?:[\w.]{1,30}[_-])?(?:db|user|root|admin|sa|key|store|smtp|svc|ldap|ftp|proxy|new|old)?"
ASKED = r"(?<!no)(?<!no-)(?<!ask-)(?<!prompt-)"  # --no-password, --ask-password: no password follows

FORMS: tuple[Form, ...] = (
    form("token", r"authorization[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?:bearer|token|negotiate|apikey|splunk|bot)\s{1,3}"
         r"(?P<a>[^\s\"'&|;]+)", "authorization",
         ('curl -H "Authorization: Bearer abc.def" x', 'curl -H "Authorization: Bearer {redacted:token}" x')),
    form("password", r"authorization[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?:basic|digest)\s{1,3}(?P<a>[^\s\"'&|;]+)",
         "authorization",
         ('curl -H "Authorization: Basic dXNlcjpwYXNz" x', 'curl -H "Authorization: Basic {redacted:password}" x')),
    form("token", r"authorization:\s{0,3}(?P<a>(?!bearer|basic|token|digest|negotiate|apikey|splunk|bot)"
         r"[\w.+/=-]{8,})", "authorization",
         ('curl -H "Authorization: s3cr3t-value-9" x', 'curl -H "Authorization: {redacted:token}" x')),
    form("token", r"\b(?:x-[\w-]{1,30}?-?(?:token|key|secret)|(?:set-)?cookie|private-token|job-token|"
         r"ocp-apim-subscription-key)[\"']?:\s{0,3}(?P<a>[^\"'|<>\r\n]{4,})", "x- cookie token key",
         ("curl -H 'X-Api-Key: 4f9a' x", "curl -H 'X-Api-Key: {redacted:token}' x"),
         ("curl -H 'Cookie: session=4f9a; b=1' x", "curl -H 'Cookie: {redacted:token}' x")),
    form("token", r"(?<=['\" ])bearer\s{1,3}(?P<a>[\w.~+/=-]{16,})", "bearer",
         ("iwr x -Headers @{a='Bearer 0123456789abcdef0'}", "iwr x -Headers @{a='Bearer {redacted:token}'}")),
    form("password", r"convertto-securestring\s{1,3}(?:-string\s{1,3}|-asplaintext\s{1,3}|-force\s{1,3}){0,3}"
         + NOT_A_FLAG + r"(?!\$\w|\()" + VALUE, "convertto-securestring",
         ("ConvertTo-SecureString 'P@ss w0rd' -AsPlainText -Force",
          "ConvertTo-SecureString '{redacted:password}' -AsPlainText -Force"),
         ("ConvertTo-SecureString -AsPlainText \"x\" -Force",
          "ConvertTo-SecureString -AsPlainText \"{redacted:password}\" -Force")),
    form("password", r"(?:pscredential|networkcredential)(?:\]::new|['\"]?\s{1,3}-argumentlist|['\"])?\s{0,3}\(?\s{0,3}"
         r"[\"'][^\"']{1,100}[\"']\s{0,3},\s{0,3}" + VALUE, "credential",
         ("(New-Object Net.NetworkCredential('bob', 'hunter2'))",
          "(New-Object Net.NetworkCredential('bob', '{redacted:password}'))")),
    form("password", r"/v\s{1,3}\"?defaultpassword\"?\s(?:[^\n]{0,40}?\s)?/d\s{1,3}" + VALUE, "defaultpassword",
         ('reg add "HKLM\\x" /v DefaultPassword /t REG_SZ /d hunter2 /f',
          'reg add "HKLM\\x" /v DefaultPassword /t REG_SZ /d {redacted:password} /f')),
    form("password", r"\bidentified\s{1,3}by\s{1,3}(?:password\s{1,3})?" + VALUE, "identified",
         ("mysql -e \"create user a identified by 'hunter2'\"",
          "mysql -e \"create user a identified by '{redacted:password}'\"")),
    form("password", r"\bwith\s{1,3}(?:encrypted\s{1,3})?password\s{0,3}=?\s{0,3}N?" + VALUE, "password",
         ("sqlcmd -Q \"create login a with password = N'hunter2'\"",
          "sqlcmd -Q \"create login a with password = N'{redacted:password}'\"")),
    form("password", r"\bpass(?:in|out)?\s{1,3}[\"']?pass:(?P<a>[^\s\"'&|;]+)", "pass:",
         ("openssl rsa -in a -passin pass:hunter2", "openssl rsa -in a -passin pass:{redacted:password}")),
    form("password", r"\becho\s{1,3}[\"']?[\w.-]{1,64}:(?P<a>[^\s\"'|]{1,256})[\"']?\s{0,3}\|\s{0,3}(?:sudo\s{1,3})?"
         r"(?:\S{0,60}/)?chpasswd", "chpasswd",
         ("echo 'bob:hunter2' | chpasswd", "echo 'bob:{redacted:password}' | chpasswd")),
    form("password", r"\becho\s{1,3}(?:-\w\s{1,3})?" + VALUE + r"\s{0,3}\|\s{0,3}(?:sudo\s{1,3}-\w{0,5}S|"
         r"passwd\s{1,3}--stdin|kinit|su\s|cryptsetup|[^|&;\n]{1,200}--set-password)",
         "sudo passwd kinit su cryptsetup --set-password",
         ("sh -c \"echo hunter2 | sudo -S id\"", "sh -c \"echo {redacted:password} | sudo -S id\"")),
    form("password", r"(?<![\w-])(?:--?|/)[\w.-]{0,40}?" + ASKED + r"(?:password|passwd|passphrase|passwort|pswd)[a-z]?"
         r"(?:\s{0,2}[:=]\s{0,2}|\s{1,3})" + NOT_A_FLAG + r"(?!pass:|file:|env:)" + VALUE, "passw passphrase pswd",
         ("tool --db-password hunter2 -v", "tool --db-password {redacted:password} -v"),
         ("wmic /node:a /password:hunter2 process", "wmic /node:a /password:{redacted:password} process"),
         ("New-Thing -Password \"a b\" -Force", "New-Thing -Password \"{redacted:password}\" -Force"),
         ("tool --password --user bob", "tool --password --user bob")),
    form("token", r"(?<![\w-])--?[\w.-]{0,40}?(?:token|secret|api-?key|access-?key|account-?key|secret-?key|"
         r"storage-?key|auth-?key|license-?key|shared-?key|master-?key)(?:=|\s{1,3})" + NOT_A_FLAG
         + r"(?![/~.]|file:)" + VALUE, "token secret key",
         ("kubectl --token abcdef get pods", "kubectl --token {redacted:token} get pods"),
         ("az storage --account-key=Zm9v x", "az storage --account-key={redacted:token} x")),
    form("password", r"(?<![\w-])(?:--?|/)" + OF + SHORT + r"(?:[:=]|\s{1,3})" + NOT_A_FLAG
         + r"(?!pass:|file:|env:|\d(?:\s|\Z))" + PATH + VALUE, "pass pw",
         ("cmdkey /add:srv /user:bob /pass:hunter2", "cmdkey /add:srv /user:bob /pass:{redacted:password}"),
         ("plink -ssh a -pw hunter2 id", "plink -ssh a -pw {redacted:password} id")),
    form("password", r"(?<![A-Za-z])(?:pwd|pass|pgpass|pw)[\"']?\s{0,3}=\s{0,3}" + PATH + VALUE, "pwd pass pw",
         ("x \"Server=a;Uid=sa;Pwd=hunter2;\"", "x \"Server=a;Uid=sa;Pwd={redacted:password};\""),
         ("env PWD=/home/bob ls", "env PWD=/home/bob ls")),
    form("password", PASSWORDS + SET, "pass pword pwd",
         ("set MYSQL_ROOT_PASSWORD=hunter2", "set MYSQL_ROOT_PASSWORD={redacted:password}"),
         ("sc create a password= hunter2", "sc create a password= {redacted:password}"),
         ('curl -d {\\"password\\":\\"x y\\"}', 'curl -d {\\"password\\":\\"{redacted:password}\\"}'),
         ("x \"Server=a;Password=a&b;\"", "x \"Server=a;Password={redacted:password};\"")),
    form("token", TOKENS + SET, "token secret",
         ("export API_TOKEN='abc def'", "export API_TOKEN='{redacted:token}'"),
         ("echo %TOKEN% && set TOKEN=%X%", "echo %TOKEN% && set TOKEN=%X%"),
         ("x, PublicKeyToken=b77a5c561934e089", "x, PublicKeyToken=b77a5c561934e089")),
    form("key", KEYS + SET, "key signature",
         ("x AccountName=a;AccountKey=Zm9vYmFy==;b", "x AccountName=a;AccountKey={redacted:key};b")),
    form("key", r"\b(?:aws_secret_access_key|aws_session_token|secret_access_key)\s{1,3}" + VALUE, "aws secret",
         ("aws configure set aws_secret_access_key wJalrXUtnFEMI/K7MDENG",
          "aws configure set aws_secret_access_key {redacted:key}")),
    form("password", r"\bsetx\s{1,3}(?:/m\s{1,3})?[\"']?\w{0,40}(?:password|passwd|secret|token|key)[\"']?\s{1,3}"
         + NOT_A_FLAG + VALUE, "setx",
         ("setx DB_PASSWORD hunter2 /m", "setx DB_PASSWORD {redacted:password} /m")),
)  # fmt: skip
