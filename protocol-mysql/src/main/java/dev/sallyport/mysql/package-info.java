/// MySQL's and MariaDB's wire protocol. Empty until its issue: a listener with `protocol: mysql` is
/// a configuration error.
@NullMarked
package dev.sallyport.mysql;

import org.jspecify.annotations.NullMarked;
