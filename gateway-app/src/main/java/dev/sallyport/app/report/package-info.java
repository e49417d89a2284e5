/// Reports about the log for people who answer for it: {@link dev.sallyport.app.report.Evidence}
/// counts, {@link dev.sallyport.app.report.HipaaReport}, {@link
/// dev.sallyport.app.report.AccessReview} and {@link dev.sallyport.app.report.Disclosures} say what
/// follows, {@link dev.sallyport.app.report.ReportWriter} prints.
@NullMarked
package dev.sallyport.app.report;

import org.jspecify.annotations.NullMarked;
