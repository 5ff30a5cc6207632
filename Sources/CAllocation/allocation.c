// The C library's allocation functions, which call the library's own and end the process if they fail. They are weak, so
// that a program that counts allocations can define its own, and absent under sanitizers, which replace them too.

#define _GNU_SOURCE
#include "allocation.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#if defined(__linux__)
#include <malloc.h>
#endif
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { most_files = 64, longest_path = 4096 };

static char message[512] = "rnnpipe: out of memory\n";
static int exit_code = 71;

struct file {
  /// 0: free, 1: being written, 2: in use.
  atomic_int state;
  char path[longest_path];
};
static struct file files[most_files];

void allocation_prepare(const char *line, int code) {
  size_t length = strnlen(line, sizeof message - 2);
  memcpy(message, line, length);
  memcpy(message + length, length > 0 ? "\n" : "\0", 2);
  exit_code = code;
}

int allocation_register_file(const char *path) {
  if (strlen(path) >= longest_path) return -1;
  for (int index = 0; index < most_files; index++) {
    int expected = 0;
    if (!atomic_compare_exchange_strong(&files[index].state, &expected, 1)) continue;
    strcpy(files[index].path, path);
    atomic_store(&files[index].state, 2);
    return 0;
  }
  return -1;
}

void allocation_forget_file(const char *path) {
  for (int index = 0; index < most_files; index++) {
    if (atomic_load(&files[index].state) != 2 || strcmp(files[index].path, path) != 0) continue;
    atomic_store(&files[index].state, 0);
    return;
  }
}

// MARK: - The record

static struct record {
  char *path, *unfinished, *before, *after;
  struct timespec start;
} *_Atomic record;

void allocation_prepare_record(const char *path, const char *before, const char *after) {
  struct record *new = 0;
  if (path) {
    new = calloc(1, sizeof *new);
    size_t length = strlen(path);
    new->unfinished = malloc(length + 5);
    memcpy(new->unfinished, path, length);
    memcpy(new->unfinished + length, ".tmp", 5);
    new->path = strdup(path);
    new->before = strdup(before);
    new->after = strdup(after);
    clock_gettime(CLOCK_MONOTONIC, &new->start);
    struct record *old = atomic_load(&record);
    if (old) new->start = old->start;
  }
  // What was there is kept, since another thread may be reading it.
  atomic_store(&record, new);
}

static int write_text(int file, const char *text) {
  for (size_t left = strlen(text); left > 0;) {
    ssize_t count = write(file, text, left);
    if (count < 0 && errno != EINTR) return 0;
    if (count > 0) {
      text += count;
      left -= count;
    }
  }
  return 1;
}

static long long milliseconds(struct timeval time) { return time.tv_sec * 1000ll + time.tv_usec / 1000; }

static void write_record(void) {
  struct record *known = atomic_load(&record);
  if (!known) return;
  struct timespec now, clock;
  struct rusage usage = {0};
  clock_gettime(CLOCK_REALTIME, &now);
  clock_gettime(CLOCK_MONOTONIC, &clock);
  getrusage(RUSAGE_SELF, &usage);
  long long wall = (clock.tv_sec - known->start.tv_sec) * 1000ll + (clock.tv_nsec - known->start.tv_nsec) / 1000000;
  char numbers[256];
  snprintf(
    numbers, sizeof numbers, "\"cpu\":%llde-3,\"endedAt\":%lld,\"peakRSS\":%lld,\"wall\":%llde-3",
    milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime),
    now.tv_sec * 1000ll + now.tv_nsec / 1000000, usage.ru_maxrss * 1024ll, wall);
  int file = open(known->unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return;
  int isWritten = write_text(file, known->before) && write_text(file, numbers) && write_text(file, known->after);
  if (close(file) != 0 || !isWritten || rename(known->unfinished, known->path) != 0) unlink(known->unfinished);
}

// MARK: - The end

/// Ends the process; a second thread whose allocation fails meanwhile waits for that.
static _Noreturn void end(void) {
  static atomic_flag has_begun = ATOMIC_FLAG_INIT;
  while (atomic_flag_test_and_set(&has_begun)) pause();
  for (int index = 0; index < most_files; index++) {
    if (atomic_load(&files[index].state) == 2) unlink(files[index].path);
  }
  write_record();
  ssize_t written = write(STDERR_FILENO, message, strlen(message));
  (void)written;
  _exit(exit_code);
}

// MARK: - The control group's limit

static struct {
  const char *usage, *statistics, *caches[2];
  size_t limit;
} group;

enum {
  /// Smaller blocks are not counted: what is many small blocks grows in large ones too.
  counted_size = 1 << 16,
  /// The group's use is read whenever this much has been allocated.
  interval = 1 << 23,
};

/// The beginning of a file; -1 if it can't be read.
static ssize_t read_file(const char *path, char *buffer, size_t size) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  ssize_t count = read(file, buffer, size - 1);
  close(file);
  if (count >= 0) buffer[count] = 0;
  return count;
}

/// The number after a name at the beginning of a line; 0 if there is none.
static size_t number_after(const char *text, const char *name) {
  size_t length = strlen(name);
  for (const char *line = text; line; line = strchr(line, '\n')) {
    if (*line == '\n') line++;
    if (strncmp(line, name, length) == 0 && line[length] == ' ') return strtoul(line + length, 0, 10);
  }
  return 0;
}

/// Whether the group would use more than its limit.
static int exceeds_group(size_t size) {
  char text[1 << 13];
  if (read_file(group.usage, text, sizeof text) <= 0) return 0;
  size_t used = strtoul(text, 0, 10);
  if (used + size <= group.limit) return 0;
  if (read_file(group.statistics, text, sizeof text) <= 0) return 0;
  size_t cached = number_after(text, group.caches[0]) + number_after(text, group.caches[1]);
  return used - (cached < used ? cached : used) + size > group.limit;
}

void allocation_use_small_stacks(void) {
#if defined(__GLIBC__)
  pthread_attr_t attributes;
  if (pthread_getattr_default_np(&attributes) != 0) return;
  pthread_attr_setstacksize(&attributes, 1 << 20);
  pthread_setattr_default_np(&attributes);
#endif
}

void allocation_watch_group(const char *usage, const char *statistics, const char *caches, size_t limit) {
  char *names = strdup(caches), *space = names ? strchr(names, ' ') : 0;
  if (!space) return;
  *space = 0;
  group.usage = strdup(usage);
  group.statistics = strdup(statistics);
  group.caches[0] = names;
  group.caches[1] = space + 1;
  group.limit = limit;
}

// MARK: - The functions

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define HAS_SANITIZER
#endif
#endif

#if defined(__GLIBC__) && !defined(HAS_SANITIZER)

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

/// Called before every allocation; a comparison for small ones.
static inline void expect(size_t size) {
  if (__builtin_expect(size < counted_size, 1) || group.limit == 0) return;
  static atomic_size_t allocated;
  size_t before = atomic_fetch_add_explicit(&allocated, size, memory_order_relaxed);
  if (size < interval && before / interval == (before + size) / interval) return;
  int error = errno;
  if (exceeds_group(size)) {
    // What has been freed is kept for reuse as long as there is enough.
    malloc_trim(0);
    if (exceeds_group(size)) end();
  }
  errno = error;
}

static inline void *checked(void *memory) {
  if (__builtin_expect(memory == 0, 0)) end();
  return memory;
}

__attribute__((weak)) void *malloc(size_t size) {
  expect(size);
  return checked(__libc_malloc(size));
}

__attribute__((weak)) void *calloc(size_t count, size_t size) {
  size_t all;
  if (__builtin_mul_overflow(count, size, &all)) end();
  expect(all);
  return checked(__libc_calloc(count, size));
}

__attribute__((weak)) void *realloc(void *memory, size_t size) {
  expect(size);
  void *result = __libc_realloc(memory, size);
  // A block that shrinks to nothing is freed.
  return size == 0 && memory ? result : checked(result);
}

__attribute__((weak)) void *memalign(size_t alignment, size_t size) {
  expect(size);
  return checked(__libc_memalign(alignment, size));
}

__attribute__((weak)) void *aligned_alloc(size_t alignment, size_t size) {
  expect(size);
  return checked(__libc_memalign(alignment, size));
}

__attribute__((weak)) int posix_memalign(void **memory, size_t alignment, size_t size) {
  if (alignment == 0 || alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
  expect(size);
  *memory = checked(__libc_memalign(alignment, size));
  return 0;
}

/// Whether there is room for another thread's stack.
static int has_room_for_thread(void) {
  size_t size = 1 << 20;
  pthread_attr_t defaults;
  if (pthread_getattr_default_np(&defaults) == 0) pthread_attr_getstacksize(&defaults, &size);
  void *room = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (room == MAP_FAILED) return 0;
  munmap(room, size);
  return 1;
}

typedef int (*create_function)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

/// Dispatch queues, which start their threads with attributes, try forever if there is no memory for one.
__attribute__((weak)) int pthread_create(
  pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument) {
  static _Atomic(create_function) known;
  create_function create = atomic_load(&known);
  if (!create) {
    create = (create_function)dlsym(RTLD_NEXT, "pthread_create");
    atomic_store(&known, create);
  }
  int result = create(thread, attributes, start, argument);
  if (result == EAGAIN && attributes && !has_room_for_thread()) end();
  return result;
}

#endif
