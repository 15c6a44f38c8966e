package io.yiwang.streams.detect.course;

import java.io.IOException;
import java.lang.reflect.Type;
import java.util.Map;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInfoFactory;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** How Flink keeps a {@link FacilityCourse}: in its own form, whose evolution is the form's own matter. */
public final class FacilityCourseType extends TypeInfoFactory<FacilityCourse> {
    @Override
    public TypeInformation<FacilityCourse> createTypeInfo(Type type, Map<String, TypeInformation<?>> parameters) {
        return new Information();
    }

    private static final class Information extends TypeInformation<FacilityCourse> {
        private static final long serialVersionUID = 1;

        @Override
        public boolean isBasicType() {
            return false;
        }

        @Override
        public boolean isTupleType() {
            return false;
        }

        @Override
        public int getArity() {
            return 1;
        }

        @Override
        public int getTotalFields() {
            return 1;
        }

        @Override
        public Class<FacilityCourse> getTypeClass() {
            return FacilityCourse.class;
        }

        @Override
        public boolean isKeyType() {
            return false;
        }

        @Override
        public TypeSerializer<FacilityCourse> createSerializer(SerializerConfig config) {
            return Serializer.INSTANCE;
        }

        @Override
        public String toString() {
            return "FacilityCourse";
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Information;
        }

        @Override
        public int hashCode() {
            return Information.class.hashCode();
        }

        @Override
        public boolean canEqual(Object other) {
            return other instanceof Information;
        }
    }

    /** Writes and reads the form. */
    public static final class Serializer extends TypeSerializerSingleton<FacilityCourse> {
        static final Serializer INSTANCE = new Serializer();
        private static final long serialVersionUID = 1;

        @Override
        public boolean isImmutableType() {
            return false;
        }

        @Override
        public FacilityCourse createInstance() {
            return new FacilityCourse();
        }

        @Override
        public FacilityCourse copy(FacilityCourse from) {
            return from.copy();
        }

        @Override
        public FacilityCourse copy(FacilityCourse from, FacilityCourse reuse) {
            return from.copy();
        }

        @Override
        public int getLength() {
            return -1;
        }

        @Override
        public void serialize(FacilityCourse course, DataOutputView out) throws IOException {
            course.write(out);
        }

        @Override
        public FacilityCourse deserialize(DataInputView in) throws IOException {
            return FacilityCourse.read(in);
        }

        @Override
        public FacilityCourse deserialize(FacilityCourse reuse, DataInputView in) throws IOException {
            return FacilityCourse.read(in);
        }

        @Override
        public void copy(DataInputView in, DataOutputView out) throws IOException {
            FacilityCourse.read(in).write(out);
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
