/// Signed notes, keys and checkpoints as C2SP signed-note, tlog-checkpoint and tlog-cosignature
/// have them.
@NullMarked
package dev.sallyport.audit.note;

import org.jspecify.annotations.NullMarked;
