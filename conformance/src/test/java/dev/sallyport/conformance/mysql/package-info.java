/// MySQL and MariaDB through the gateway: real servers, real clients.
@NullMarked
package dev.sallyport.conformance.mysql;

import org.jspecify.annotations.NullMarked;
