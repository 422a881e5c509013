// The limits of a process of another user. The kernel tells them to the call that CRIU makes only who has CAP_SYS_RESOURCE, which
// nodes have not, and to everybody in /proc: so they are read there. Loaded into CRIU alone.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>

// In /proc the limits stand in the order of their numbers, below a heading: a name of 26 columns, the soft one, the hard one.
static int read_limit(long pid, long resource, struct rlimit64 *limit) {
  char path[64], line[256], soft[32], hard[32];
  snprintf(path, sizeof path, "/proc/%ld/limits", pid);
  FILE *file = fopen(path, "r");
  if (file == NULL) return -1;
  long at = -2;
  while (at < resource && fgets(line, sizeof line, file) != NULL) at++;
  fclose(file);
  if (at != resource || strlen(line) < 26 || sscanf(line + 26, "%31s %31s", soft, hard) != 2) return -1;
  limit->rlim_cur = strcmp(soft, "unlimited") == 0 ? RLIM64_INFINITY : strtoull(soft, NULL, 10);
  limit->rlim_max = strcmp(hard, "unlimited") == 0 ? RLIM64_INFINITY : strtoull(hard, NULL, 10);
  return 0;
}

long syscall(long number, ...) {
  static long (*next)(long, ...);
  if (next == NULL) next = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
  va_list words;
  long a[6];
  va_start(words, number);
  for (int i = 0; i < 6; i++) a[i] = va_arg(words, long);
  va_end(words);
  long result = next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  if (number != SYS_prlimit64 || result != -1 || errno != EPERM || a[2] != 0) return result;
  if (read_limit(a[0], a[1], (struct rlimit64 *)a[3]) == 0) return 0;
  errno = EPERM;
  return -1;
}
