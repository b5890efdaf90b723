#pragma once

#include <span>

#include "base/result.h"
#include "base/secret.h"
#include "launcher/jvm_command.h"
#include "launcher/process_state.h"
#include "launcher/relay.h"

namespace launcher {

/// Becomes the server JVM: its stdin is a pipe that holds `server_args` and whose write end the JVM
/// itself keeps open (the server ends when its stdin does), its stderr is the relay's where there
/// is one (nullptr: the caller's). Returns only on failure: kNotFound or kNotExecutable for the
/// exec itself, kIo and kConfig for what comes before it. `sigpipe` is ended just before the exec.
[[nodiscard]] base::Error exec_server(const JvmCommand& command, const base::Secret& server_args,
                                      Relay* relay, const ServerWatch& watch,
                                      std::optional<SigpipeIgnored>* sigpipe);

/// Becomes another program, found through PATH. Returns only on failure, as exec_server.
[[nodiscard]] base::Error exec_program(std::span<char* const> argv);

}  // namespace launcher
