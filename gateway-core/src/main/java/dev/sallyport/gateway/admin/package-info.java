/// What operators see: health and metrics, on a loopback port of their own. Never a statement, a
/// user's name or a row.
@NullMarked
package dev.sallyport.gateway.admin;

import org.jspecify.annotations.NullMarked;
