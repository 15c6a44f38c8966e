package io.yiwang.streams.detect.course;

import io.yiwang.streams.detect.snapshot.FormSerializer;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** How Flink kept a {@link FacilityCourse} when the facility's state was one of Flink's own types. Older savepoints name these classes. */
public final class FacilityCourseType {
    private FacilityCourseType() {}

    /** Writes and reads the form. */
    public static final class Serializer extends FormSerializer<FacilityCourse> {
        static final Serializer INSTANCE = new Serializer();
        private static final long serialVersionUID = 1;

        @Override
        public FacilityCourse createInstance() {
            return new FacilityCourse();
        }

        @Override
        public FacilityCourse copy(FacilityCourse from) {
            return from.copy();
        }

        @Override
        protected void write(FacilityCourse course, DataOutput out) throws IOException {
            course.write(out);
        }

        @Override
        protected FacilityCourse read(DataInput in) throws IOException {
            return FacilityCourse.read(in);
        }

        @Override
        public TypeSerializerSnapshot<FacilityCourse> snapshotConfiguration() {
            return new Snapshot();
        }
    }

    /** The form has its version inside. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<FacilityCourse> {
        public Snapshot() {
            super(() -> Serializer.INSTANCE);
        }
    }
}
