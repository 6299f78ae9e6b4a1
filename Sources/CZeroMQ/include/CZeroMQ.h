// The functions of libzmq that are used, loaded when the first of them is called: the library and those it
// needs are many, and a command that follows no engine must not wait for them.
#ifndef CZEROMQ_H
#define CZEROMQ_H

#include <zmq.h>

// Whether libzmq.so.5 is there. Where it is not zmq_ctx_new returns NULL, and zmq_strerror says why.
int czeromq_is_available(void);

#endif
