/**
 * C source of a Node addon with two functions: `mute` points the process's stderr at nothing, `restore` brings it
 * back. TensorFlow's libraries print a notice from a static initialiser, before any log level counts.
 */
export const STDERR_SWITCH_SOURCE = `
#include <fcntl.h>
#include <unistd.h>
#include <node_api.h>

static int saved = -1;

static napi_value Mute(napi_env env, napi_callback_info info) {
  (void)env; (void)info;
  if (saved >= 0) return nullptr;
  int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
  saved = fcntl(2, F_DUPFD_CLOEXEC, 3);
  if (saved >= 0 && nothing >= 0) dup2(nothing, 2);
  if (nothing >= 0) close(nothing);
  return nullptr;
}

static napi_value Restore(napi_env env, napi_callback_info info) {
  (void)env; (void)info;
  if (saved < 0) return nullptr;
  dup2(saved, 2);
  close(saved);
  saved = -1;
  return nullptr;
}

NAPI_MODULE_INIT() {
  napi_value mute, restore;
  napi_create_function(env, "mute", NAPI_AUTO_LENGTH, Mute, nullptr, &mute);
  napi_create_function(env, "restore", NAPI_AUTO_LENGTH, Restore, nullptr, &restore);
  napi_set_named_property(env, exports, "mute", mute);
  napi_set_named_property(env, exports, "restore", restore);
  return exports;
}
`;
