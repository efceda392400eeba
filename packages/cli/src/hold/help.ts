/** What `svc lock` and `svc elect` have in common. */
export const holdHelp = (what: string): string => `The command has SVC_FENCING_TOKEN in its environment, a number that grows from holder to holder. Exits with the
command's status. When ${what} can be relied on no more before the command has ended, svc says why, ends the command and all
processes below it with TERM, then KILL, and exits with 75. After a silence of the backend, which ends it at 2/3 of the
session timeout (10 s), KILL comes 1/4 later: before another can be let in. Else another may be let in sooner, and KILL comes after
1 s. While the backend cannot be reached before that, svc waits on, and says so once.`
