/// Logging in: {@link dev.sallyport.mysql.startup.ClientLogin} is the server of each client, {@link
/// dev.sallyport.mysql.startup.UpstreamLogin} the client of each upstream. Both end by handing
/// their channels, which share one event loop, to a {@link
/// dev.sallyport.mysql.startup.SessionStarter}. Nothing here blocks a loop: passwords are read and
/// keys derived on a thread of their own.
@NullMarked
package dev.sallyport.mysql.startup;

import org.jspecify.annotations.NullMarked;
