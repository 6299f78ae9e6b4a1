#include "CZeroMQ.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stddef.h>

// Result, name, parameters and arguments of each function that fails with -1.
#define FUNCTIONS(F) \
  F(zmq_bind, (void *socket, const char *address), (socket, address)) \
  F(zmq_close, (void *socket), (socket)) \
  F(zmq_connect, (void *socket, const char *address), (socket, address)) \
  F(zmq_ctx_shutdown, (void *context), (context)) \
  F(zmq_ctx_term, (void *context), (context)) \
  F(zmq_getsockopt, (void *socket, int option, void *value, size_t *size), \
    (socket, option, value, size)) \
  F(zmq_setsockopt, (void *socket, int option, const void *value, size_t size), \
    (socket, option, value, size)) \
  F(zmq_msg_init, (zmq_msg_t *message), (message)) \
  F(zmq_msg_close, (zmq_msg_t *message), (message)) \
  F(zmq_msg_more, (const zmq_msg_t *message), (message)) \
  F(zmq_msg_recv, (zmq_msg_t *message, void *socket, int flags), (message, socket, flags)) \
  F(zmq_poll, (zmq_pollitem_t *items, int count, long timeout), (items, count, timeout)) \
  F(zmq_recv, (void *socket, void *bytes, size_t size, int flags), (socket, bytes, size, flags)) \
  F(zmq_send, (void *socket, const void *bytes, size_t size, int flags), \
    (socket, bytes, size, flags)) \
  F(zmq_socket_monitor, (void *socket, const char *address, int events), (socket, address, events))

static struct {
#define POINTER(name, parameters, arguments) int(*name) parameters;
  FUNCTIONS(POINTER)
  void *(*zmq_ctx_new)(void);
  void *(*zmq_socket)(void *, int);
  void *(*zmq_msg_data)(zmq_msg_t *);
  size_t (*zmq_msg_size)(const zmq_msg_t *);
  int (*zmq_errno)(void);
  const char *(*zmq_strerror)(int);
} library;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int is_available;

static int find(void *handle, const char *name, void *pointer) {
  void *found = dlsym(handle, name);
  *(void **)pointer = found;
  return found != NULL;
}

static void load(void) {
  void *handle = dlopen("libzmq.so.5", RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) return;
  int all = 1;
#define FIND(name, parameters, arguments) all &= find(handle, #name, &library.name);
  FUNCTIONS(FIND)
  FIND(zmq_ctx_new, , )
  FIND(zmq_socket, , )
  FIND(zmq_msg_data, , )
  FIND(zmq_msg_size, , )
  FIND(zmq_errno, , )
  FIND(zmq_strerror, , )
  is_available = all;
}

int czeromq_is_available(void) {
  pthread_once(&once, load);
  return is_available;
}

#define DEFINE(name, parameters, arguments) \
  int name parameters { \
    if (!czeromq_is_available()) { \
      errno = ENOSYS; \
      return -1; \
    } \
    return library.name arguments; \
  }
FUNCTIONS(DEFINE)

void *zmq_ctx_new(void) {
  if (czeromq_is_available()) return library.zmq_ctx_new();
  errno = ENOSYS;
  return NULL;
}

void *zmq_socket(void *context, int type) {
  if (czeromq_is_available()) return library.zmq_socket(context, type);
  errno = ENOSYS;
  return NULL;
}

void *zmq_msg_data(zmq_msg_t *message) {
  return czeromq_is_available() ? library.zmq_msg_data(message) : NULL;
}

size_t zmq_msg_size(const zmq_msg_t *message) {
  return czeromq_is_available() ? library.zmq_msg_size(message) : 0;
}

int zmq_errno(void) { return czeromq_is_available() ? library.zmq_errno() : ENOSYS; }

const char *zmq_strerror(int error) {
  return czeromq_is_available() ? library.zmq_strerror(error) : "libzmq.so.5 is not installed";
}
